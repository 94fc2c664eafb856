/// A range of versions as npm writes it: `^18.17.0 || ^20.3.0 || >=21.0.0`.
///
/// Comparators (`>=`, `>`, `<=`, `<`, `=`), `^`, `~`, partial versions (`20`, `20.x`, `*`), spans (`1.2 - 2`), and alternatives
/// behind `||`. Pre-releases are not told apart. Source: node-semver's README, "Ranges".
struct VersionRange: Hashable, Sendable {
  /// Each alternative allows the versions from `lower` up to, but without, `upper`.
  private var alternatives: [Span] = []

  private struct Span: Hashable {
    var lower = PackageVersion(0)
    var upper: PackageVersion?

    mutating func narrow(to other: Span) {
      lower = max(lower, other.lower)
      if let bound = other.upper { upper = upper.map { min($0, bound) } ?? bound }
    }
  }

  /// `nil` where the text is no range.
  init?(_ text: String) {
    for alternative in text.split(separator: "||", omittingEmptySubsequences: false) {
      guard let span = Self.span(alternative) else { return nil }
      alternatives.append(span)
    }
  }

  func contains(_ version: PackageVersion) -> Bool {
    alternatives.contains { span in version >= span.lower && (span.upper.map { version < $0 } ?? true) }
  }

  private static func span(_ text: Substring) -> Span? {
    var words = text.split(separator: " ").map(String.init)
    if words.count == 3, words[1] == "-" { words = [">=" + words[0], "<=" + words[2]] }
    var span = Span()
    var pending = ""
    for word in words {
      let whole = pending + word
      // An operator may stand apart from its version.
      if whole.allSatisfy({ "<>=^~".contains($0) }) {
        pending = whole
        continue
      }
      pending = ""
      guard let next = comparator(whole) else { return nil }
      span.narrow(to: next)
    }
    return pending.isEmpty ? span : nil
  }

  private static func comparator(_ text: String) -> Span? {
    let sign = text.prefix { "<>=^~".contains($0) }
    var rest = text.dropFirst(sign.count)
    if rest.first == "v" { rest = rest.dropFirst() }
    let core = rest.prefix { $0 != "-" && $0 != "+" }
    var numbers: [Int] = []
    for part in core.split(separator: ".", omittingEmptySubsequences: false).prefix(3) {
      if ["x", "X", "*", ""].contains(part) { break }
      guard let number = Int(part), number >= 0, number < 1 << 30 else { return nil }
      numbers.append(number)
    }
    let lower = PackageVersion(
      numbers.first ?? 0, numbers.count > 1 ? numbers[1] : 0, numbers.count > 2 ? numbers[2] : 0)
    /// The first version behind those that begin with the first `count` numbers.
    func after(_ count: Int) -> PackageVersion? {
      switch count {
      case 0: nil
      case 1: PackageVersion(lower.major + 1)
      case 2: PackageVersion(lower.major, lower.minor + 1)
      default: PackageVersion(lower.major, lower.minor, lower.patch + 1)
      }
    }
    switch sign {
    case ">=": return Span(lower: lower)
    case ">": return Span(lower: after(numbers.count) ?? PackageVersion(1 << 30))
    case "<": return Span(upper: lower)
    case "<=": return Span(upper: after(numbers.count))
    case "^":
      let leading = numbers.firstIndex { $0 != 0 }.map { $0 + 1 } ?? numbers.count
      return Span(lower: lower, upper: after(leading))
    case "~": return Span(lower: lower, upper: after(min(2, numbers.count)))
    case "", "=": return Span(lower: lower, upper: after(numbers.count))
    default: return nil
    }
  }
}
