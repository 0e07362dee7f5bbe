"""What GraphQL rooms of every package share: scalars, context, payloads, connections, loaders."""
