"""The GraphQL types of the counter."""
