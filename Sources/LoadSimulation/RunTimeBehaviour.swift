import NativeBinaries

/// What of a load only running the code would show. The outcome is what everything else implies.
enum RunTimeBehaviour {
  /// One sentence about the objects that the addon brought; `nil` where nothing of theirs runs or chooses at load.
  static func note(of objects: [LinkMap]) -> String? {
    let own = objects.filter { !$0.isPreloaded && $0.object.isWholeFile }.map(\.image)
    var unseen: [String] = []
    if own.contains(where: hasConstructors) { unseen.append("what its constructors do") }
    if own.contains(where: opensLibraries) { unseen.append("which libraries it opens itself by dlopen") }
    if own.contains(where: hasResolvers) { unseen.append("which code its ifunc resolvers choose") }
    return unseen.isEmpty
      ? nil : "Not predicted, since only running the code shows it: \(unseen.joined(separator: ", "))."
  }

  /// The same of what Node.js closes again because it does not take the addon.
  static func note(ofClosing objects: [LinkMap]) -> String? {
    let hasDestructors = objects.contains { object in
      object.object.isWholeFile && object.image.finalizerCount > (isLinkedWithStartFiles(object.image) ? 1 : 0)
    }
    return hasDestructors
      ? "Not predicted, since only running the code shows it: what its destructors do, which run before the error is thrown."
      : nil
  }

  /// Whether it has constructors beside `frame_dummy`, which crtbeginS.o of GCC brings to whatever is linked with it.
  private static func hasConstructors(_ image: ELF.Image) -> Bool {
    if case .register = image.registration.constructors { return false }  // followed through their code
    return image.initializerCount > (isLinkedWithStartFiles(image) ? 1 : 0)
  }

  private static func isLinkedWithStartFiles(_ image: ELF.Image) -> Bool {
    names(image) { $0.isUndefined && $0.isWeak }
      .contains { $0.elementsEqual("_ITM_registerTMCloneTable".utf8) || $0.elementsEqual("__gmon_start__".utf8) }
  }

  private static func opensLibraries(_ image: ELF.Image) -> Bool {
    let openers = ["dlopen", "dlmopen", "uv_dlopen"]
    return names(image) { $0.isUndefined }.contains { name in openers.contains { name.elementsEqual($0.utf8) } }
  }

  private static func hasResolvers(_ image: ELF.Image) -> Bool {
    image.symbols.symbols.contains { !$0.isUndefined && $0.type == ELF.STT_GNU_IFUNC }
      || image.relocations.callsResolvers
  }

  private static func names(
    _ image: ELF.Image, _ isWanted: @escaping (ELF.Symbol) -> Bool
  ) -> some Sequence<ArraySlice<UInt8>> {
    let table = image.symbols
    return table.symbols.indices.lazy.filter { isWanted(table.symbols[$0]) }.map { table.nameBytes($0) }
  }
}
