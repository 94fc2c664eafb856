public enum PE { public struct Image: Sendable { public init(parsing file: RawSpan) {} } }
