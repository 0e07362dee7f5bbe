"""The plugin host: manifests, hooks, the registry of what plugins bring, and containment."""
