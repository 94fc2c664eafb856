extension RuleDocumentation {
  public static let all: [RuleDocumentation] = []
}
