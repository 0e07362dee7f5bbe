"""The gateways that come with the plugin; each implements `contract.PaymentGateway`."""
