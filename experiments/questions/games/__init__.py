"""What the players should choose: payoffs, strategies, games."""
