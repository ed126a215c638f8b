"""What stands for AWS: sandboxes that run the functions, their invocation, the gateway, the schedule, moto."""
