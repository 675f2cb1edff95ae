// One player at the foot of a list, for all its recordings.
const bar = document.getElementById("player");
if (bar) {
  const audio = bar.querySelector("audio");
  for (const button of document.querySelectorAll("[data-play]")) {
    button.addEventListener("click", () => {
      bar.hidden = false;
      audio.src = button.dataset.play;
      audio.play().catch((error) => console.info("playback:", error.message));
    });
  }
  bar.querySelector("[data-close-player]").addEventListener("click", () => {
    audio.pause();
    bar.hidden = true;
  });
}
