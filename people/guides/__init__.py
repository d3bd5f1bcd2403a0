"""Instructions (使用说明): a printed sheet for each role, whose steps all packages contribute."""
