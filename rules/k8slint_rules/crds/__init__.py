"""CustomResourceDefinitions and the Go types behind them."""
