// The four rules that need types and that Biome cannot do yet; everything else is Biome's.
import tseslint from "typescript-eslint";

export default [
  { ignores: ["dist/**", "dist-*/**", "test/fixtures/**"] },
  {
    files: ["src/**/*.ts", "commands/**/*.ts", "test/**/*.ts", "bench/**/*.ts"],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: "./tsconfig.json" } },
    plugins: { "@typescript-eslint": tseslint.plugin },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
];
