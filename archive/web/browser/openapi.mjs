// Holds openapi.json against the schema of OpenAPI itself. usage: node openapi.mjs    status: 0 no complaint, 1 complaints
import { Validator } from "@seriousme/openapi-schema-validator";
import { fileURLToPath } from "node:url";

const validator = new Validator();
const { valid, errors } = await validator.validate(fileURLToPath(new URL("../openapi.json", import.meta.url)));
console.log(`openapi.json, OpenAPI ${validator.version}: ${valid ? "0 complaints" : JSON.stringify(errors, null, 1)}`);
process.exit(valid && validator.version === "3.1" ? 0 : 1);
