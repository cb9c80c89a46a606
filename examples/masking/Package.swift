// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "masking",
  dependencies: [.package(name: "espalier", path: "../..")],
  targets: [
    .executableTarget(name: "masking", dependencies: [.product(name: "EspalierConstraint", package: "espalier")])
  ]
)
