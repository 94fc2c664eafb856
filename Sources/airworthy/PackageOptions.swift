import ArgumentParser
import Audit
import LambdaRuntimes
import PackageFiles

/// The options that say what a package is.
struct PackageOptions: ParsableArguments {
  @Option(help: "function or layer; recognised by the contents when not given.")
  var kind: PackageKind?

  @Option(
    name: .customLong("layer"),
    help: ArgumentHelp("A layer below the function, in Lambda's order; repeatable.", valueName: "path"),
    completion: .file())
  var layers: [String] = []

  func validate() throws {
    if layers.isEmpty { return }
    let limit = Catalog.builtIn.quotas.layers
    if layers.count > limit {
      throw ValidationError("A function has at most \(limit) layers; \(layers.count) were given.")
    }
  }

  /// Opens the package at `path` and looks through it, while `resolve` works out the targets on another thread; the request is
  /// that of `target`, with the environment that an image brings.
  func open(
    _ path: String, _ target: TargetOptions,
    _ resolve: (TargetRequest) -> HeadStart.Targets
  ) throws -> (Audit, [TargetRequest.Resolved]) {
    var request = target.request
    let package = try AuditedPackage(
      path: path, layers: layers, kind: kind?.packageKind, architecture: try request.wantedArchitecture?.rawValue)
    if let image = package.main.image {
      try validateImage(target)
      request.image = image
    }
    let targets = resolve(request)
    Kept.untilTheEnd(targets)
    // Whatever ends the process, it ends no thread in the middle of its work.
    defer { _ = targets.value() }
    let audit = Audit(package)
    HeadStart.waitAtEnd(for: audit)
    if audit.isEmpty {
      throw Failure.say("\(path) has no files in it: name the directory or zip that would be deployed", Failure.missing)
    }
    return (audit, try targets.value().get())
  }

  /// An image is a function with its environment, and there are no layers for it.
  private func validateImage(_ target: TargetOptions) throws {
    if !layers.isEmpty {
      throw ValidationError("Lambda adds no layers to an image: copy them to its /opt, and drop --layer.")
    }
    if kind == .layer { throw ValidationError("An image is a function, not a layer: drop --kind.") }
    if target.sysroot != nil || target.environment != nil {
      throw ValidationError("An image brings its own environment: drop --sysroot and --environment.")
    }
    if target.runtime.count > 1 || target.arch.count > 1 {
      throw ValidationError("An image is one target: give --runtime and --arch at most once.")
    }
  }
}

enum PackageKind: String, ExpressibleByArgument, CaseIterable {
  case function, layer

  var packageKind: AuditedPackage.Kind { self == .layer ? .layer : .function }
}
