"""The office: the first page after signing in, for officers of consortia and municipalities."""
