import Audit
import LambdaRuntimes

/// The runtimes of the catalog, for `airworthy targets`.
public struct TargetsReport: Sendable {
  let catalog: Catalog
  let today: CalendarDate

  public init(catalog: Catalog, today: CalendarDate) {
    self.catalog = catalog
    self.today = today
  }

  /// One runtime in the JSON form.
  struct Record: Encodable {
    var runtime: String
    var status: String
    var operatingSystem: String
    var architectures: [String]
    var node: String?
    var nodeBasis: String?
    var moduleVersion: Int?
    var nodeApi: Int?
    var glibc: String
    var released: String
    var deprecated: String?
    var blocksCreation: String?
    var blocksUpdates: String?
    var image: String?
    var buildImage: String?
    var isDefault: Bool
  }

  struct Limits: Encodable {
    var unzippedBytes: Int
    var zippedUploadBytes: Int
    var layers: Int
  }

  struct Document: Encodable {
    var schema = "airworthy/targets/1"
    var limits: Limits
    var targets: [Record]
  }

  private var records: [Record] {
    let newest = catalog.newestRuntime(on: today)?.id
    return catalog.runtimes.map { runtime in
      let node = runtime.node?.version
      return Record(
        runtime: runtime.id, status: runtime.status(on: today).rawValue,
        operatingSystem: runtime.operatingSystem.rawValue, architectures: runtime.architectures.map(\.rawValue),
        node: node?.description, nodeBasis: runtime.node?.basis.rawValue,
        moduleVersion: node.flatMap { catalog.nodeReleases.moduleVersion(of: $0) },
        nodeApi: node.flatMap { catalog.nodeReleases.nodeAPIMaximum(of: $0) }, glibc: runtime.operatingSystem.glibc,
        released: runtime.released.description, deprecated: runtime.deprecated?.description,
        blocksCreation: runtime.blocksCreation?.description, blocksUpdates: runtime.blocksUpdates?.description,
        image: runtime.image, buildImage: runtime.buildImage, isDefault: runtime.id == newest)
    }
  }

  /// The document `airworthy/targets/1`.
  public func json() throws -> String {
    let quotas = catalog.quotas
    return try JSONReport.encode(
      Document(
        limits: Limits(
          unzippedBytes: quotas.unzippedBytes, zippedUploadBytes: quotas.zippedUploadBytes, layers: quotas.layers),
        targets: records))
  }

  /// A table that fits 80 columns, newest last as in the catalog.
  public func text(style: TextStyle = TextStyle()) -> String {
    let header = ["RUNTIME", "ARCH", "NODE.JS", "ABI", "API", "GLIBC", "DEPRECATED", "STATUS"]
    let rows = records.map { record in
      [
        record.runtime, record.architectures.count > 1 ? "both" : record.architectures.joined(),
        record.node ?? "-", record.moduleVersion.map(String.init) ?? "-", record.nodeApi.map(String.init) ?? "-",
        record.glibc, record.deprecated ?? "-", record.status + (record.isDefault ? " *" : ""),
      ]
    }
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    var page = TextPage(style: style)
    for (index, row) in ([header] + rows).enumerated() {
      let cells = row.indices.map { $0 == row.count - 1 ? row[$0] : row[$0].padded(to: widths[$0]) }
      page.line(cells.joined(separator: "  "), paint: index == 0 ? .bold : .plain)
    }
    page.blank()
    page.paragraph(
      "* checked for when no --runtime is given. Status as of \(today). ABI is NODE_MODULE_VERSION, API the newest Node-API version."
    )
    let quotas = catalog.quotas
    page.paragraph(
      "Limits: \(ByteCount.description(quotas.unzippedBytes)) unzipped with all layers, \(ByteCount.description(quotas.zippedUploadBytes)) for a zip that is uploaded directly, \(quotas.layers) layers."
    )
    return page.text
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
