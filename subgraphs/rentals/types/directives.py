"""The scopes and the tag in the contract's directives."""

RENTALS_READ = "rentals:read"
RENTALS_WRITE = "rentals:write"
RENTALS_MANAGE = "rentals:manage"
INVENTORY_READ = "inventory:read"
INVENTORY_WRITE = "inventory:write"
STAFF = ["staff"]
"""The tag of what only staff see."""
