"""The shared-services marketplace: members, offers, activations, metering, costs, settlements."""
