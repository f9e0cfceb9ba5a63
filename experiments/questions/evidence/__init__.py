"""The model against what happened: facts, calibration, backtest."""
