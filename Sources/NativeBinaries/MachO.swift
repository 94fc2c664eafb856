public enum MachO { public struct Image: Sendable { public init(parsing file: RawSpan) {} } }
