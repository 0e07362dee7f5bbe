"""HTTP to addresses that users and plugins give: only where the program may go."""
