/* Passkeys: asks the browser what the server asked, and sends its answer back with the page's own button. */
(function () {
  "use strict";

  let pressed = null;

  function bytes(text) {
    const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(binary, function (c) { return c.charCodeAt(0); });
  }

  function text(buffer) {
    const binary = Array.from(new Uint8Array(buffer), function (b) { return String.fromCharCode(b); }).join("");
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function known(list) {
    return (list || []).map(function (one) { return { type: one.type, id: bytes(one.id) }; });
  }

  function show(json) {
    const options = JSON.parse(json);
    options.challenge = bytes(options.challenge);
    options.allowCredentials = known(options.allowCredentials);
    return navigator.credentials.get({ publicKey: options }).then(function (shown) {
      return answer(shown, {
        clientDataJSON: text(shown.response.clientDataJSON),
        authenticatorData: text(shown.response.authenticatorData),
        signature: text(shown.response.signature),
        userHandle: shown.response.userHandle ? text(shown.response.userHandle) : undefined
      });
    });
  }

  function make(json) {
    const options = JSON.parse(json);
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = known(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options }).then(function (made) {
      return answer(made, {
        clientDataJSON: text(made.response.clientDataJSON),
        attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports ? made.response.getTransports() : []
      });
    });
  }

  function answer(credential, response) {
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: response,
      clientExtensionResults: {}
    });
  }

  function say(place, words, bad) {
    const line = place.querySelector("[data-passkey-said]");
    line.textContent = words;
    line.classList.toggle("bad", Boolean(bad));
  }

  /* Why there can be no passkey here; null where there can. */
  function against(place) {
    if (!window.PublicKeyCredential || !navigator.credentials) {
      return place.dataset.none;
    }
    return location.origin === place.dataset.passkey ? null : place.dataset.elsewhere;
  }

  function cancelled(error) {
    return error.name === "NotAllowedError" || error.name === "AbortError";
  }

  function failure(place, error) {
    if (cancelled(error)) {
      return place.dataset.cancelled;
    }
    return error.name === "InvalidStateError" ? place.dataset.known : place.dataset.failed + " (" + error.name + ")";
  }

  /* A button that cannot do anything says so before it is pressed. */
  function look() {
    for (const place of document.querySelectorAll("[data-passkey]")) {
      const why = against(place);
      const button = place.querySelector("button:not([data-passkey-send])");
      if (why && button && !button.disabled) {
        button.disabled = true;
        say(place, why, true);
      }
    }
  }

  function send(place, promise) {
    say(place, "");
    promise.then(function (json) {
      place.querySelector("[data-passkey-answer]").value = json;
      place.querySelector("[data-passkey-send]").click();
    }, function (error) {
      say(place, failure(place, error), true);
    });
  }

  /* --- before dangerous acts: in place of a code --- */

  const BY_PASSKEY = "passkey";
  let act = null;
  /* The act whose answer waits to be sent, behind polls, or is on its way. */
  let sent = null;

  function marker() {
    const found = document.querySelector("[data-step-up]");
    return found && window.PublicKeyCredential && location.origin === found.dataset.stepUp ? found : null;
  }

  /* Each field for a code can be given over to a passkey, and taken back. */
  function offer() {
    const words = marker();
    if (!words) {
      document.querySelectorAll("[data-use-passkey]").forEach(function (button) {
        button.nextElementSibling.remove();
        button.remove();
      });
      return;
    }
    for (const field of document.querySelectorAll("input.otp:not([data-code-only])")) {
      if (field.value.startsWith("{") && !(sent && sent.field === field.id)) {
        field.value = "";
      }
      if (!field.parentElement.querySelector("[data-use-passkey]")) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "use-passkey";
        button.dataset.usePasskey = field.id;
        field.after(button, hint());
      }
      dress(field, words);
    }
  }

  function hint() {
    const line = document.createElement("p");
    line.className = "hint";
    line.setAttribute("role", "status");
    line.dataset.passkeySaid = "true";
    return line;
  }

  function dress(field, words) {
    const given = field.value === BY_PASSKEY;
    const button = field.parentElement.querySelector("[data-use-passkey]");
    const text = given ? words.dataset.code : words.dataset.use;
    field.readOnly = given;
    if (button.textContent !== text) {
      button.textContent = text;
      say(field.parentElement, given ? words.dataset.ready : "");
    }
  }

  function toggle(button) {
    const field = document.getElementById(button.dataset.usePasskey);
    field.value = field.value === BY_PASSKEY ? "" : BY_PASSKEY;
    dress(field, marker());
    field.focus();
  }

  /* What a redrawn form does not give back: it is typed once, and sent with the answer as well. */
  function typed(form) {
    return Array.from(form.querySelectorAll("input[type=password], textarea"), function (field) {
      return { id: field.id, value: field.value };
    });
  }

  function beforeAct(button) {
    const form = button.form;
    const field = form && Array.from(form.querySelectorAll("input.otp")).find(function (one) { return one.value === BY_PASSKEY; });
    act = field ? { button: button.id, field: field.id, typed: typed(form) } : null;
  }

  function sendAct(question) {
    const asked = act;
    const words = marker();
    act = null;
    show(question).then(function (json) {
      for (const one of asked.typed) {
        const field = document.getElementById(one.id);
        if (field && !field.value) {
          field.value = one.value;
        }
      }
      sent = asked;
      document.getElementById(asked.field).value = json;
      document.getElementById(asked.button).click();
    }, function (error) {
      const field = document.getElementById(asked.field);
      say(field.parentElement, cancelled(error) ? words.dataset.cancelled : words.dataset.failed + " (" + error.name + ")", true);
    });
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (!button) {
      return;
    }
    if (button.matches("[data-use-passkey]")) {
      toggle(button);
    } else if (!button.matches("[data-passkey-send]")) {
      pressed = button;
      beforeAct(button);
    }
  }, true);

  document.addEventListener("DOMContentLoaded", function () {
    look();
    offer();
    new MutationObserver(function () {
      look();
      offer();
    }).observe(document.body, { childList: true, subtree: true });
    if (window.jQuery) {
      window.jQuery(document).on("pfAjaxComplete", function (event, xhr, settings, args) {
        if (sent && settings && settings.source === sent.button) {
          sent = null;
          offer();
        }
        const place = pressed && pressed.closest("[data-passkey]");
        if (place && args && args.passkeyMake) {
          send(place, make(args.passkeyMake));
        } else if (args && args.passkeyShow && act) {
          sendAct(args.passkeyShow);
        } else if (place && args && args.passkeyShow) {
          send(place, show(args.passkeyShow));
        }
      });
    }
  });
})();
