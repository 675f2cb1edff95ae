// The portal's behaviour that is not the live view: the menu on small screens comes from Tabler.
import "@tabler/core/dist/js/tabler.esm.js";
