"""The desk without a network (离线服务): what it holds, what it wrote down, and what became of that."""
