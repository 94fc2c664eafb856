public struct LookAlike: Sendable { public init(head: RawSpan) {} }
