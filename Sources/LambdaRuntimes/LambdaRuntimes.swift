// LambdaRuntimes
