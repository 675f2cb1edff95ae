// The same texts as the portal's.
export { language, t } from "../../admin_ui/assets/_text.js";
