"""A backend for testing a load balancer: it responds, reports what it received, and fails on request."""
