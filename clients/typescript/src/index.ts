export * from "./generated.js";
export { ProblemError, type Options, type ProblemFault } from "./transport.js";
export { newSigner, signedFields, signerFromPem, type RequestSigner } from "./signing.js";
export { checkReceipt, rootOf, type Proven } from "./receipt.js";
