import ArgumentParser
import LambdaRuntimes

/// The day as of which Lambda's dates are judged.
struct DayOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Judge Lambda's dates as of this day, yyyy-mm-dd; today when not given.", valueName: "date"))
  var today: String?

  func validate() throws {
    if let today, CalendarDate(today) == nil { throw ValidationError("--today is a day such as 2026-11-23.") }
  }

  var day: CalendarDate { today.flatMap { CalendarDate($0) } ?? .today }
}
