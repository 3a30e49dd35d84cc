"""What people do with their accounts, and staff with other people's."""
