"""The public budget: what a consortium that chose to spends, who pays, what grants cover."""
