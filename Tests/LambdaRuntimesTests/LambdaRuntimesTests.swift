import Testing
@testable import LambdaRuntimes
