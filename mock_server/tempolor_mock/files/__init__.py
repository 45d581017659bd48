"""Everything the mock hands out as a URL: links that are signed and expire, and the bytes behind them."""
