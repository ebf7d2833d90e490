package org.holdfast.security.passkey;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.User;

/**
 * The two ceremonies of WebAuthn. Asked and checked at both: user verification. Which maker's
 * authenticator it is, is not asked for (attestation "none").
 *
 * <p>Questions are JSON as {@code PublicKeyCredential.parseCreationOptionsFromJSON} and {@code
 * parseRequestOptionsFromJSON} take it, answers as {@code toJSON} gives it.
 */
@ApplicationScoped
public class Ceremonies {
    private static final String TYPE = "public-key";
    private static final int LONGEST_ANSWER = 16_384;
    private static final List<COSEAlgorithmIdentifier> ALGORITHMS =
            List.of(
                    COSEAlgorithmIdentifier.ES256,
                    COSEAlgorithmIdentifier.EdDSA,
                    COSEAlgorithmIdentifier.RS256);
    private static final List<PublicKeyCredentialParameters> ACCEPTED =
            ALGORITHMS.stream()
                    .map(
                            a ->
                                    new PublicKeyCredentialParameters(
                                            PublicKeyCredentialType.PUBLIC_KEY, a))
                    .toList();

    private final ObjectConverter converter = new ObjectConverter();
    private final WebAuthnManager manager =
            WebAuthnManager.createNonStrictWebAuthnManager(converter);
    private final AttestedCredentialDataConverter credentials =
            new AttestedCredentialDataConverter(converter);

    /** What a browser answered, read and not yet believed. */
    public static final class Answer {
        private final AuthenticationData data;

        private Answer(AuthenticationData data) {
            this.data = data;
        }

        /** Base64url without padding. */
        public String credentialId() {
            return text(data.getCredentialId());
        }

        /** What it says it was asked; Base64url without padding. */
        public String challenge() {
            return text(data.getCollectedClientData().getChallenge().getValue());
        }
    }

    /** What a browser is to make a passkey of. */
    public String creation(
            RelyingParty party, User user, Collection<Passkey> known, String challenge) {
        JsonArrayBuilder accepted = Json.createArrayBuilder();
        ALGORITHMS.forEach(
                a ->
                        accepted.add(
                                Json.createObjectBuilder()
                                        .add("type", TYPE)
                                        .add("alg", a.getValue())));
        return Json.createObjectBuilder()
                .add("rp", Json.createObjectBuilder().add("id", party.id()).add("name", "Holdfast"))
                .add(
                        "user",
                        Json.createObjectBuilder()
                                .add("id", text(handle(user.id())))
                                .add("name", user.name())
                                .add("displayName", user.name()))
                .add("challenge", challenge)
                .add("pubKeyCredParams", accepted)
                .add("timeout", Challenge.TIME.toMillis())
                .add("excludeCredentials", descriptors(known))
                .add(
                        "authenticatorSelection",
                        Json.createObjectBuilder()
                                .add("residentKey", "required")
                                .add("requireResidentKey", true)
                                .add("userVerification", "required"))
                .add("attestation", "none")
                .build()
                .toString();
    }

    /**
     * What a browser is to show a passkey for.
     *
     * @param allowed one of these; where there are none, whichever the person chooses
     */
    public String request(RelyingParty party, Collection<Passkey> allowed, String challenge) {
        JsonObjectBuilder options =
                Json.createObjectBuilder()
                        .add("rpId", party.id())
                        .add("challenge", challenge)
                        .add("timeout", Challenge.TIME.toMillis())
                        .add("userVerification", "required");
        if (!allowed.isEmpty()) {
            options.add("allowCredentials", descriptors(allowed));
        }
        JsonObject built = options.build();
        return built.toString();
    }

    private static JsonArrayBuilder descriptors(Collection<Passkey> passkeys) {
        JsonArrayBuilder list = Json.createArrayBuilder();
        passkeys.forEach(
                p ->
                        list.add(
                                Json.createObjectBuilder()
                                        .add("type", TYPE)
                                        .add("id", p.credentialId())));
        return list;
    }

    /** The passkey that a browser made. */
    public Passkey made(String response, RelyingParty party, Challenge challenge, Instant now)
            throws NotProved {
        RegistrationData data;
        try {
            data = manager.parseRegistrationResponseJSON(bounded(response));
            manager.verify(
                    data,
                    new RegistrationParameters(property(party, challenge.value()), ACCEPTED, true));
        } catch (RuntimeException e) {
            throw new NotProved(words(e));
        }
        AuthenticatorData<?> authenticator = data.getAttestationObject().getAuthenticatorData();
        return new Passkey(
                challenge.user(),
                challenge.name(),
                text(authenticator.getAttestedCredentialData().getCredentialId()),
                credentials.convert(authenticator.getAttestedCredentialData()),
                authenticator.getSignCount(),
                now);
    }

    /** Empty where it is no answer at all. */
    public Optional<Answer> read(String response) {
        try {
            return Optional.of(
                    new Answer(manager.parseAuthenticationResponseJSON(bounded(response))));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether the passkey's authenticator signed this challenge for this address, the person
     * verified.
     *
     * @return the counter it came with; 0 where it keeps none
     */
    public long proved(Answer answer, Passkey passkey, RelyingParty party, String challenge)
            throws NotProved {
        byte[] handle = answer.data.getUserHandle();
        if (handle != null && !Arrays.equals(handle, handle(passkey.userId()))) {
            throw new NotProved("the passkey names another person");
        }
        try {
            CredentialRecordImpl record =
                    new CredentialRecordImpl(
                            new NoneAttestationStatement(),
                            true,
                            null,
                            null,
                            passkey.signatures(),
                            credentials.convert(passkey.credential()),
                            null,
                            null,
                            null,
                            Set.of());
            return manager.verify(
                            answer.data,
                            new AuthenticationParameters(
                                    property(party, challenge),
                                    record,
                                    List.of(bytes(passkey.credentialId())),
                                    true))
                    .getAuthenticatorData()
                    .getSignCount();
        } catch (MaliciousCounterValueException e) {
            throw new NotProved.Copied();
        } catch (RuntimeException e) {
            throw new NotProved(words(e));
        }
    }

    private static ServerProperty property(RelyingParty party, String challenge) {
        return ServerProperty.builder()
                .origin(new Origin(party.origin()))
                .rpId(party.id())
                .challenge(new DefaultChallenge(challenge))
                .build();
    }

    private static String bounded(String response) {
        if (response == null || response.length() > LONGEST_ANSWER) {
            throw new IllegalArgumentException("no answer of a browser");
        }
        return response;
    }

    /** The kind of fault: the message may hold what a stranger sent. */
    private static String words(RuntimeException fault) {
        return "passkey: " + fault.getClass().getSimpleName().replace("Exception", "");
    }

    private static byte[] handle(UUID user) {
        return ByteBuffer.allocate(16)
                .putLong(user.getMostSignificantBits())
                .putLong(user.getLeastSignificantBits())
                .array();
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] bytes(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
