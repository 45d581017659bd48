import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["build", "dist", "node_modules", "src/generated"] },
  js.configs.recommended,
  {
    files: ["src/**/*.ts", "tests/**/*.ts"],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { project: ["./tsconfig.json", "./tsconfig.tests.json"], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // What the compiler does not see: a promise nobody waits for.
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", package: "node:test", name: ["describe", "it", "test"] }] },
      ],
      "@typescript-eslint/no-misused-promises": "error",
    },
  },
  // Scripts and examples run in Node; the compiler checks the names of everything else.
  { files: ["**/*.mjs"], rules: { "no-undef": "off" } },
);
