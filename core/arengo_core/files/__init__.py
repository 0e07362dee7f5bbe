"""Files: kept in a folder or at S3, noted in the transaction that needs them."""
