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

  function say(place, words) {
    place.querySelector("[data-passkey-said]").textContent = words;
  }

  /* Why there can be no passkey here; null where there can. */
  function against(place) {
    if (!window.PublicKeyCredential || !navigator.credentials) {
      return place.dataset.none;
    }
    return location.origin === place.dataset.passkey ? null : place.dataset.elsewhere;
  }

  function failure(place, error) {
    if (error.name === "NotAllowedError" || error.name === "AbortError") {
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
        say(place, why);
      }
    }
  }

  function send(place, promise) {
    say(place, "");
    promise.then(function (json) {
      place.querySelector("[data-passkey-answer]").value = json;
      place.querySelector("[data-passkey-send]").click();
    }, function (error) {
      say(place, failure(place, error));
    });
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (button && !button.matches("[data-passkey-send]")) {
      pressed = button;
    }
  }, true);

  document.addEventListener("DOMContentLoaded", function () {
    look();
    if (window.jQuery) {
      window.jQuery(document).on("pfAjaxComplete", function (event, xhr, settings, args) {
        const place = pressed && pressed.closest("[data-passkey]");
        if (place && args && args.passkeyShow) {
          send(place, show(args.passkeyShow));
        } else if (place && args && args.passkeyMake) {
          send(place, make(args.passkeyMake));
        }
        look();
      });
    }
  });
})();
