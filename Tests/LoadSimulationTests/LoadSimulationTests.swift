import Testing
@testable import LoadSimulation
