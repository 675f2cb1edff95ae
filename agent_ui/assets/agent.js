// Agent desktop: the WebRTC phone is JsSIP.
import JsSIP from "jssip";

window.JsSIP = JsSIP;
