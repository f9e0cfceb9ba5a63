"""What is run and asked: configs, runs, results, questions, and what people see of them."""
