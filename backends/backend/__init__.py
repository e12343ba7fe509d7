"""A backend made for looking at a load balancer from behind: it answers, tells what it received, and fails on request."""
