/* What the console does in the browser by itself: theme, copying, keys, relative times. */
(function () {
  "use strict";

  const root = document.documentElement;

  function showTheme() {
    for (const button of document.querySelectorAll("[data-set-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === root.dataset.theme));
    }
  }

  function chooseTheme(theme) {
    root.dataset.theme = theme;
    document.cookie = "holdfast-theme=" + theme + "; path=/; max-age=31536000; secure; samesite=strict";
    showTheme();
  }

  /* The server writes times as the clock on this wall shows them. */
  function tellZone() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    document.cookie = "holdfast-zone=" + zone + "; path=/; max-age=31536000; secure; samesite=strict";
  }

  function copy(button) {
    const source = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
    const text = source ? source.textContent : button.dataset.copy;
    navigator.clipboard.writeText(text).then(function () {
      button.classList.add("copied");
      setTimeout(function () { button.classList.remove("copied"); }, 1500);
    });
  }

  /* What the page shows, as a file: it is made here, and no server is asked for it again. */
  function save(button) {
    const text = document.getElementById(button.dataset.saveFrom).textContent;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = button.dataset.saveAs;
    link.click();
    URL.revokeObjectURL(link.href);
    button.classList.add("copied");
    setTimeout(function () { button.classList.remove("copied"); }, 1500);
  }

  function distance(then, now) {
    const past = then <= now;
    const seconds = Math.floor(Math.abs(now - then) / 1000);
    if (seconds < 45) {
      return past ? "just now" : "in a moment";
    }
    const minutes = Math.floor((seconds + 30) / 60);
    let words;
    if (minutes < 90) {
      words = minutes + " min";
    } else if (minutes < 36 * 60) {
      words = Math.floor((minutes + 30) / 60) + " h";
    } else if (minutes < 60 * 24 * 60) {
      words = Math.floor((minutes + 12 * 60) / (24 * 60)) + " d";
    } else {
      return null;
    }
    return past ? words + " ago" : "in " + words;
  }

  function refreshTimes() {
    const now = Date.now();
    for (const time of document.querySelectorAll("time.ago")) {
      const words = distance(Date.parse(time.dateTime), now);
      if (words && words !== time.textContent) {
        time.textContent = words;
      }
    }
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) {
        menu.open = false;
      }
    }
  }

  function typing(target) {
    return target.closest("input, select, textarea, [contenteditable]") !== null;
  }

  function besides(link, step) {
    const rows = Array.from(link.closest("table").querySelectorAll(".row-link"));
    return rows[rows.indexOf(link) + step];
  }

  document.addEventListener("click", function (event) {
    const theme = event.target.closest("[data-set-theme]");
    if (theme) {
      chooseTheme(theme.dataset.setTheme);
      return;
    }
    if (event.target.closest("[data-print]")) {
      window.print();
      return;
    }
    const copying = event.target.closest("[data-copy], [data-copy-from]");
    if (copying) {
      event.preventDefault();
      copy(copying);
      return;
    }
    const saving = event.target.closest("[data-save-from]");
    if (saving) {
      event.preventDefault();
      save(saving);
      return;
    }
    closeMenus(event.target.closest("details.menu"));
    if (!event.target.closest("a, button, summary, input, label, details") && !String(window.getSelection())) {
      const row = event.target.closest("tr.go");
      const link = row && row.querySelector(".row-link");
      if (link) {
        link.click();
      }
    }
  });

  /* PrimeFaces' table takes Enter for itself, also from a link in it: so it is followed before. */
  document.addEventListener("keydown", function (event) {
    const link = event.key === "Enter" && event.target.closest(".ui-datatable a[href], .ui-datatable summary, .ui-datatable button");
    if (link) {
      event.preventDefault();
      event.stopPropagation();
      link.click();
    }
  }, true);

  let went = 0;
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      const menu = event.target.closest("details.menu[open]");
      closeMenus(null);
      if (menu) {
        menu.querySelector("summary").focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const link = event.target.closest(".row-link");
    if (link && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const next = besides(link, event.key === "ArrowDown" ? 1 : -1);
      if (next) {
        next.focus();
      }
      event.preventDefault();
      return;
    }
    if (typing(event.target)) {
      return;
    }
    if (event.key === "/") {
      const find = document.querySelector("[data-find]");
      if (find) {
        find.focus();
        find.select();
        event.preventDefault();
      }
    } else if (event.key === "g") {
      went = Date.now();
    } else if (Date.now() - went < 1500) {
      const goal = document.querySelector('[data-go="' + CSS.escape(event.key) + '"]');
      went = 0;
      if (goal) {
        goal.click();
      }
    } else if (event.key === "ArrowDown" && event.target === document.body) {
      const first = document.querySelector(".row-link");
      if (first) {
        first.focus();
        event.preventDefault();
      }
    }
  });

  /* On narrow screens a row becomes a card, and each cell needs its column's name. */
  function labelCells() {
    for (const table of document.querySelectorAll(".ui-datatable table")) {
      const names = Array.from(table.querySelectorAll("thead th"), function (th) { return th.textContent.trim(); });
      for (const row of table.querySelectorAll("tbody tr:not(.ui-datatable-empty-message)")) {
        Array.from(row.cells).forEach(function (cell, at) { cell.dataset.label = names[at] || ""; });
      }
    }
  }

  /* A log that is redrawn stays where its reader is: at the end, or where they scrolled to. */
  let readAt = null;

  document.addEventListener("scroll", function (event) {
    const log = event.target;
    if (log.matches && log.matches(".log[data-follow]") && log.scrollHeight > 0) {
      readAt = log.scrollTop + log.clientHeight >= log.scrollHeight - 8 ? null : log.scrollTop;
    }
  }, true);

  function placeLogs() {
    for (const log of document.querySelectorAll(".log[data-follow]")) {
      log.scrollTop = readAt === null ? log.scrollHeight : readAt;
    }
  }

  /* What scrolls sideways and holds nothing to be focused is scrolled by the keyboard itself. */
  function reachScrolls() {
    for (const box of document.querySelectorAll(".scroll")) {
      if (box.scrollWidth > box.clientWidth && !box.querySelector("a[href], button, input, summary")) {
        box.tabIndex = 0;
      } else {
        box.removeAttribute("tabindex");
      }
    }
  }

  /* A file that is chosen is put into a field; only the field is sent. */
  document.addEventListener("change", function (event) {
    const chooser = event.target;
    if (chooser.matches && chooser.matches("input[type=file][data-into]") && chooser.files.length === 1 && chooser.files[0].size < 4096) {
      chooser.files[0].text().then(function (text) {
        document.getElementById(chooser.dataset.into).value = text;
        chooser.value = "";
      });
    }
  });

  function redrawn() {
    labelCells();
    placeLogs();
    reachScrolls();
    refreshTimes();
  }

  let step = "";

  function stepNow() {
    const on = document.querySelector(".steps .on");
    return on ? on.textContent : "";
  }

  /** The next step of a form in steps begins at its head, however far down the last one was left. */
  function followStep() {
    const now = stepNow();
    if (now !== step) {
      step = now;
      const steps = document.querySelector(".steps");
      if (steps) {
        steps.scrollIntoView();
      }
    }
  }

  document.addEventListener("toggle", reachScrolls, true);
  window.addEventListener("resize", reachScrolls);

  document.addEventListener("DOMContentLoaded", function () {
    tellZone();
    showTheme();
    redrawn();
    step = stepNow();
    setInterval(refreshTimes, 20000);
    let due = false;
    new MutationObserver(function (changes) {
      const drawn = changes.some(function (change) {
        return Array.from(change.addedNodes).some(function (node) { return node.nodeType === Node.ELEMENT_NODE; });
      });
      if (drawn && !due) {
        due = true;
        requestAnimationFrame(function () {
          due = false;
          redrawn();
        });
      }
    }).observe(document.body, { childList: true, subtree: true });
    if (window.jQuery) {
      const page = window.jQuery(document);
      page.on("pfAjaxSend", function () { root.classList.add("busy"); });
      page.on("pfAjaxComplete", function (event, xhr, settings, args) {
        root.classList.remove("busy");
        followStep();
        if (args && args.address) {
          history.replaceState(history.state, "", args.address);
        }
      });
    }
  });
})();
