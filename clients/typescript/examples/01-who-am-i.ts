// Connect, and see who I am to this node and until when.

import { connect } from "./common.js";

const me = await connect().whoAmI();
console.log(`${me.name} (${me.roles.join(", ")}), known by ${me.by}, may ${me.scopes.join(", ")}, until ${me.expires}`);
