import PackageFiles

extension AuditedPackage {
  /// A function in a container image: its directory is the package, and `/opt` what layers are to other functions.
  init(_ opened: OpenedPackage, _ image: ContainerImage, layers: [OpenedPackage]) throws(TreeError) {
    let directory = try image.packageDirectory()
    var main = opened
    if let tree = image.tree.subtree(at: directory, withProblems: true) { main.tree = tree }
    var all: [OpenedPackage] = []
    // What is below the function's own directory, or around it, is looked at once.
    if let opt = image.directory(at: "/opt"), !opt.isInside(directory), !directory.isInside(opt),
      let tree = image.tree.subtree(at: opt, withProblems: false)
    {
      var layer = opened
      layer.tree = tree
      all.append(layer)
    }
    self.init(main: main, kind: .function, layers: all + layers)
    self.directory = "/\(directory)"
    let working = image.configuration.workingDirectory
    workingDirectory = working.hasPrefix("/") ? working : "/"
  }
}
