// swift-tools-version: 6.2
import PackageDescription

let warningsAreErrors: [SwiftSetting] = [.treatAllWarnings(as: .error)]

func layer(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: warningsAreErrors)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: data, swiftSettings: warningsAreErrors)
}

let package = Package(
  name: "espalier",
  products: [
    .executable(name: "espalier", targets: ["espalier"]),
    .library(name: "EspalierConstraint", targets: ["Grammar", "Recognition", "Vocabulary", "Constraint"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The C boundary.
    .systemLibrary(name: "CTreeSitter", pkgConfig: "tree-sitter", providers: [.apt(["libtree-sitter-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(name: "CGrammar"),
    .target(name: "CModel", exclude: ["model"]),
    .target(name: "CTensor"),

    // Dependencies point downwards only.
    layer("Grammar", ["CGrammar", .product(name: "Yams", package: "Yams")]),
    layer("Syntax", ["CTreeSitter", "Grammar"]),
    layer("Recognition", ["CGrammar", "Grammar", "Vocabulary"]),
    layer("Vocabulary"),
    layer("Constraint", ["Recognition", "Vocabulary"]),
    layer("Tensor", ["COpenBLAS", "CTensor"]),
    layer("Denoiser", ["CModel", "Tensor", "Vocabulary"]),
    layer("Diffusion", ["Constraint", "Denoiser", "Tensor"]),
    layer("Repair", ["Denoiser", "Recognition", "Syntax"]),
    layer("Generation", ["Diffusion", "Syntax"]),
    layer("Standards", ["Recognition", "Reporting", "Syntax", .product(name: "Yams", package: "Yams")]),
    layer("Reporting"),
    layer("Audit", ["Diffusion", "Generation", "Repair", "Syntax"]),
    .executableTarget(
      name: "espalier",
      dependencies: [
        "Grammar", "Syntax", "Recognition", "Constraint", "Denoiser", "Diffusion", "Generation", "Repair", "Standards",
        "Reporting", "Tensor", "Vocabulary", "Audit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: warningsAreErrors),

    tests("GrammarTests", ["Grammar"]),
    tests("SyntaxTests", ["Syntax"]),
    tests("RecognitionTests", ["Recognition", "Syntax"], data: ["Cases"]),
    tests("VocabularyTests", ["Vocabulary"], data: ["Data"]),
    tests("ConstraintTests", ["Constraint", "Denoiser", "Syntax"]),
    tests("DenoiserTests", ["CModel", "CTensor", "Denoiser", "Tensor"], data: ["Data"]),
    tests("DiffusionTests", ["Diffusion", "Generation", "Syntax"]),
    tests("RepairTests", ["Denoiser", "Repair"]),
    tests("StandardsTests", ["Standards"]),
    tests("ReportingTests", ["Reporting"]),
    tests("AuditTests", ["Audit"]),
    tests("CommandTests", [], data: ["Golden"]),
  ]
)
