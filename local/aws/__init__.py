"""What stands for AWS: sandboxes that run the functions, their invocation, their events, the gateway, moto."""
