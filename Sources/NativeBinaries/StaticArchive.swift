public struct StaticArchive: Sendable { public init(parsing file: RawSpan) {} }
