package org.holdfast.adapter.s3;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Guard;
import org.holdfast.domain.storage.Setting;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.w3c.dom.Element;

/**
 * Asks a bucket for its settings and sets those that are lacking. A setting counts as there, and as
 * set, when the store shows it in the document that S3 has for it; whatever else comes back is told
 * as what it is.
 */
final class Guards {
    private static final String FOR_EVERYBODY = "http://acs.amazonaws.com/groups/global/";
    private static final List<String> BLOCKS =
            List.of(
                    "BlockPublicAcls",
                    "IgnorePublicAcls",
                    "BlockPublicPolicy",
                    "RestrictPublicBuckets");
    private static final List<Guard> LIFECYCLE =
            List.of(
                    Guard.OLD_VERSIONS,
                    Guard.DELETE_MARKERS,
                    Guard.UNFINISHED_UPLOADS,
                    Guard.EXPIRY,
                    Guard.TRANSITION);

    private final Wire wire;
    private final Patience patience;
    private final Trouble trouble;
    private final StoreAccess.Bucket access;
    private final Probe probe;

    /** Writes, reads back and removes a small object. */
    interface Probe {
        void now() throws StoreFailure;
    }

    Guards(Wire wire, Patience patience, Trouble trouble, StoreAccess.Bucket access, Probe probe) {
        this.probe = probe;
        this.wire = wire;
        this.patience = patience;
        this.trouble = trouble;
        this.access = access;
    }

    /** What came back. */
    private sealed interface Answer {
        record Shown(Element root) implements Answer {}

        /** The store has the setting, and this bucket none. */
        record None() implements Answer {}

        record Unsupported(String said) implements Answer {}

        record NotAllowed(String said) implements Answer {}
    }

    /** A setting as the API names it. */
    private record Question(String sub, String permission, List<String> roots, List<String> none) {}

    private static final Question VERSIONING =
            new Question(
                    "versioning",
                    "s3:GetBucketVersioning",
                    List.of("VersioningConfiguration"),
                    List.of());
    private static final Question ENCRYPTION =
            new Question(
                    "encryption",
                    "s3:GetEncryptionConfiguration",
                    List.of("ServerSideEncryptionConfiguration"),
                    List.of("ServerSideEncryptionConfigurationNotFoundError"));
    private static final Question OBJECT_LOCK =
            new Question(
                    "object-lock",
                    "s3:GetBucketObjectLockConfiguration",
                    List.of("ObjectLockConfiguration"),
                    List.of("ObjectLockConfigurationNotFoundError"));
    private static final Question LIFECYCLE_RULES =
            new Question(
                    "lifecycle",
                    "s3:GetLifecycleConfiguration",
                    List.of("LifecycleConfiguration"),
                    List.of("NoSuchLifecycleConfiguration"));
    private static final Question POLICY_STATUS =
            new Question(
                    "policyStatus",
                    "s3:GetBucketPolicyStatus",
                    List.of("PolicyStatus"),
                    List.of("NoSuchBucketPolicy"));
    private static final Question ACL =
            new Question("acl", "s3:GetBucketAcl", List.of("AccessControlPolicy"), List.of());
    // Ceph's document has a name of its own.
    private static final Question PUBLIC_BLOCK =
            new Question(
                    "publicAccessBlock",
                    "s3:GetBucketPublicAccessBlock",
                    List.of(
                            "PublicAccessBlockConfiguration",
                            "BlockPublicAccessBlockConfiguration"),
                    List.of("NoSuchPublicAccessBlockConfiguration"));

    List<Finding> inspect() throws StoreFailure {
        List<Finding> findings = new ArrayList<>();
        findings.add(versioning());
        findings.add(encryption());
        findings.add(objectLock());
        findings.addAll(lifecycle());
        findings.add(policy());
        findings.add(acl());
        findings.add(publicBlock());
        return findings;
    }

    /** As {@link org.holdfast.domain.storage.BlobStore#locks}. */
    boolean locks() throws StoreFailure {
        Finding finding = objectLock();
        if (finding instanceof Finding.NotAllowed) {
            throw new StoreFailure(
                    StoreFailure.Kind.DENIED,
                    "S3 store \""
                            + access.name()
                            + "\" does not let its access key see whether it locks objects."
                            + " Allow "
                            + OBJECT_LOCK.permission()
                            + ", or set the store to lock nothing.");
        }
        return finding instanceof Finding.Fulfilled;
    }

    private Answer ask(Question question) throws StoreFailure {
        String doing = "look at \"" + question.sub() + "\" of bucket " + access.bucket();
        Patience.Tries tries = patience.tries(doing);
        while (true) {
            try {
                return shown(question, Patience.await(doing, wire.ask(question.sub())));
            } catch (ExecutionException e) {
                Throwable cause = Trouble.cause(e);
                if (cause instanceof Answered answered) {
                    Optional<Answer> answer = answer(question, answered);
                    if (answer.isPresent()) {
                        return answer.get();
                    }
                    if (Trouble.advice(answered) == Trouble.Advice.GIVE_UP) {
                        throw trouble.with(doing, answered);
                    }
                }
                tries.failed(cause);
            }
        }
    }

    private static Answer shown(Question question, String body) {
        try {
            Element root = Xml.parse(body);
            return question.roots().contains(Xml.name(root))
                    ? new Answer.Shown(root)
                    : new Answer.Unsupported(
                            "The store answers with a " + Xml.name(root) + " instead");
        } catch (IOException e) {
            return new Answer.Unsupported("The store answers with something else");
        }
    }

    private static Optional<Answer> answer(Question question, Answered answered) {
        if (question.none().contains(answered.code())) {
            return Optional.of(new Answer.None());
        }
        if (answered.is("NoSuchBucket") || Trouble.aboutTheKey(answered)) {
            return Optional.empty();
        }
        if (answered.status() == 403 || answered.status() == 401) {
            return Optional.of(
                    new Answer.NotAllowed("The store does not let this access key look"));
        }
        boolean unknown =
                answered.status() == 501
                        || answered.status() == 405
                        || answered.status() == 404
                        || answered.status() == 400;
        return unknown
                ? Optional.of(new Answer.Unsupported("The store answers " + answered.brief()))
                : Optional.empty();
    }

    /** What is found where the setting itself was not shown. */
    private static Finding unseen(Guard guard, String expected, Question question, Answer answer) {
        if (answer instanceof Answer.NotAllowed denied) {
            return new Finding.NotAllowed(
                    guard,
                    expected,
                    denied.said(),
                    "Allow " + question.permission() + " to the access key, and check again.");
        }
        return new Finding.Unsupported(
                guard,
                expected,
                ((Answer.Unsupported) answer).said(),
                "Not supported by this store: look whether it can be had in a different way.");
    }

    private Finding versioning() throws StoreFailure {
        String expected = "On: what is deleted or overwritten can be had back";
        Answer answer = ask(VERSIONING);
        if (!(answer instanceof Answer.Shown shown)) {
            return unseen(Guard.VERSIONING, expected, VERSIONING, answer);
        }
        String status = Xml.textAt(shown.root(), "Status").orElse("Off");
        return status.equals("Enabled")
                ? new Finding.Fulfilled(Guard.VERSIONING, expected, "On")
                : new Finding.Lacking(
                        Guard.VERSIONING,
                        expected,
                        status.equals("Off") ? "Off" : status,
                        "Have it set here, or switch it on at the store.",
                        true);
    }

    private Finding encryption() throws StoreFailure {
        String expected = "On, beside Holdfast's own encryption";
        Answer answer = ask(ENCRYPTION);
        if (answer instanceof Answer.NotAllowed || answer instanceof Answer.Unsupported) {
            return unseen(Guard.ENCRYPTION, expected, ENCRYPTION, answer);
        }
        Optional<String> algorithm =
                answer instanceof Answer.Shown shown
                        ? Xml.textAt(
                                shown.root(),
                                "Rule",
                                "ApplyServerSideEncryptionByDefault",
                                "SSEAlgorithm")
                        : Optional.empty();
        return algorithm
                .<Finding>map(a -> new Finding.Fulfilled(Guard.ENCRYPTION, expected, "On: " + a))
                .orElseGet(
                        () ->
                                new Finding.Lacking(
                                        Guard.ENCRYPTION,
                                        expected,
                                        "Off",
                                        "Have it set here, or switch it on at the store.",
                                        true));
    }

    private Finding objectLock() throws StoreFailure {
        String expected = "On: until its time is over nobody removes a copy with this key";
        Answer answer = ask(OBJECT_LOCK);
        if (answer instanceof Answer.NotAllowed || answer instanceof Answer.Unsupported) {
            return unseen(Guard.OBJECT_LOCK, expected, OBJECT_LOCK, answer);
        }
        if (answer instanceof Answer.Shown shown
                && Xml.textAt(shown.root(), "ObjectLockEnabled")
                        .filter("Enabled"::equals)
                        .isPresent()) {
            return new Finding.Fulfilled(
                    Guard.OBJECT_LOCK, expected, "On, " + defaultRetention(shown.root()));
        }
        return new Finding.Lacking(
                Guard.OBJECT_LOCK,
                expected,
                "Off",
                "Most stores have it for new buckets only: make one with Object Lock, as"
                        + " deploy/terraform does, and add it as a store.",
                false);
    }

    private static String defaultRetention(Element root) {
        Optional<Element> rule = Xml.at(root, "Rule", "DefaultRetention");
        if (rule.isEmpty()) {
            return "without a retention of its own";
        }
        return Xml.textAt(rule.get(), "Mode").orElse("some mode")
                + " for "
                + Xml.textAt(rule.get(), "Days")
                        .map(d -> d + " days")
                        .or(() -> Xml.textAt(rule.get(), "Years").map(y -> y + " years"))
                        .orElse("some time")
                + " by itself";
    }

    private List<Finding> lifecycle() throws StoreFailure {
        Answer answer = ask(LIFECYCLE_RULES);
        if (answer instanceof Answer.NotAllowed || answer instanceof Answer.Unsupported) {
            return LIFECYCLE.stream()
                    .map(g -> unseen(g, Lifecycle.expected(g), LIFECYCLE_RULES, answer))
                    .toList();
        }
        return rules(answer).findings();
    }

    private Lifecycle rules(Answer answer) {
        return answer instanceof Answer.Shown shown
                ? Lifecycle.of(shown.root(), access.prefix())
                : Lifecycle.none(access.prefix());
    }

    private Finding policy() throws StoreFailure {
        String expected = "Lets in nobody who is not named";
        Answer answer = ask(POLICY_STATUS);
        if (answer instanceof Answer.NotAllowed || answer instanceof Answer.Unsupported) {
            return unseen(Guard.PUBLIC_POLICY, expected, POLICY_STATUS, answer);
        }
        Optional<String> open =
                answer instanceof Answer.Shown shown
                        ? Xml.textAt(shown.root(), "IsPublic")
                        : Optional.of("none");
        return switch (open.orElse("").toLowerCase(java.util.Locale.ROOT)) {
            case "none" ->
                    new Finding.Fulfilled(Guard.PUBLIC_POLICY, expected, "There is no policy");
            case "false" -> new Finding.Fulfilled(Guard.PUBLIC_POLICY, expected, "Not public");
            case "true" ->
                    new Finding.Lacking(
                            Guard.PUBLIC_POLICY,
                            expected,
                            "Public: anybody is let in",
                            "Take the policy away, or name those whom it is for. Until then"
                                    + " everybody can take the encrypted backups along.",
                            false);
            default ->
                    new Finding.Unsupported(
                            Guard.PUBLIC_POLICY,
                            expected,
                            "The store does not say whether it is public",
                            "Read the bucket's policy at the store.");
        };
    }

    private Finding acl() throws StoreFailure {
        String expected = "Grants nothing to everybody";
        Answer answer = ask(ACL);
        if (!(answer instanceof Answer.Shown shown)) {
            return unseen(Guard.PUBLIC_ACL, expected, ACL, answer);
        }
        List<String> open =
                Xml.at(shown.root(), "AccessControlList").stream()
                        .flatMap(list -> Xml.children(list, "Grant").stream())
                        .flatMap(
                                grant ->
                                        Xml.textAt(grant, "Grantee", "URI").stream()
                                                .filter(uri -> uri.startsWith(FOR_EVERYBODY))
                                                .map(
                                                        uri ->
                                                                Xml.textAt(grant, "Permission")
                                                                                .orElse("something")
                                                                        + " to "
                                                                        + uri.substring(
                                                                                FOR_EVERYBODY
                                                                                        .length())))
                        .toList();
        return open.isEmpty()
                ? new Finding.Fulfilled(Guard.PUBLIC_ACL, expected, "Nothing to everybody")
                : new Finding.Lacking(
                        Guard.PUBLIC_ACL,
                        expected,
                        String.join(", ", open),
                        "Make the bucket's access list private.",
                        false);
    }

    private Finding publicBlock() throws StoreFailure {
        String expected = "All four on: nobody makes it public by mistake";
        Answer answer = ask(PUBLIC_BLOCK);
        if (answer instanceof Answer.NotAllowed || answer instanceof Answer.Unsupported) {
            return unseen(Guard.PUBLIC_BLOCK, expected, PUBLIC_BLOCK, answer);
        }
        List<String> off =
                BLOCKS.stream()
                        .filter(
                                name ->
                                        !(answer instanceof Answer.Shown shown
                                                && isOn(shown.root(), name)))
                        .toList();
        return off.isEmpty()
                ? new Finding.Fulfilled(Guard.PUBLIC_BLOCK, expected, "All four on")
                : new Finding.Lacking(
                        Guard.PUBLIC_BLOCK,
                        expected,
                        off.size() == BLOCKS.size()
                                ? "All four off"
                                : "Off: " + String.join(", ", off),
                        "Have it set here, or switch it on at the store.",
                        true);
    }

    /** As {@link org.holdfast.domain.storage.BlobStore#harden}. */
    List<Setting> harden(List<Finding> findings) {
        List<Guard> wanted =
                findings.stream().filter(Finding::settable).map(Finding::guard).toList();
        List<Setting> settings = new ArrayList<>();
        if (wanted.contains(Guard.VERSIONING)) {
            settings.add(
                    set(
                            Guard.VERSIONING,
                            VERSIONING,
                            document("VersioningConfiguration", "<Status>Enabled</Status>"),
                            "Versioning is on.",
                            this::versioning));
        }
        List<Guard> rules = LIFECYCLE.stream().filter(wanted::contains).toList();
        if (!rules.isEmpty()) {
            settings.addAll(addRules(rules));
        }
        if (wanted.contains(Guard.ENCRYPTION)) {
            settings.add(
                    carefully(
                            Guard.ENCRYPTION,
                            ENCRYPTION,
                            document(
                                    "ServerSideEncryptionConfiguration",
                                    "<Rule><ApplyServerSideEncryptionByDefault>"
                                            + "<SSEAlgorithm>AES256</SSEAlgorithm>"
                                            + "</ApplyServerSideEncryptionByDefault></Rule>"),
                            "New objects are encrypted by the store (AES256).",
                            this::encryption));
        }
        if (wanted.contains(Guard.PUBLIC_BLOCK)) {
            settings.add(
                    carefully(
                            Guard.PUBLIC_BLOCK,
                            PUBLIC_BLOCK,
                            blocks(name -> true),
                            "All four blocks of public access are on.",
                            this::publicBlock));
        }
        return settings;
    }

    private static String blocks(Predicate<String> on) {
        return document(
                "PublicAccessBlockConfiguration",
                String.join(
                        "",
                        BLOCKS.stream()
                                .map(b -> "<%s>%s</%s>".formatted(b, on.test(b), b))
                                .toList()));
    }

    /**
     * Sets what some stores take and cannot do: they refuse every object from then on (Ceph 16 with
     * BlockPublicAcls; default encryption without keys). A small object is written before and
     * after, and what does not stand that is taken back.
     */
    private Setting carefully(Guard guard, Question question, String body, String done, Look look) {
        Answer before;
        try {
            before = ask(question);
            probe.now();
        } catch (StoreFailure e) {
            return new Setting.Refused(
                    guard, "Not tried, as no object can be written now: " + e.getMessage());
        }
        Setting set = set(guard, question, body, done, look);
        try {
            probe.now();
            return set;
        } catch (StoreFailure e) {
            return takeBack(guard, question, before, e.getMessage());
        }
    }

    private Setting takeBack(Guard guard, Question question, Answer before, String why) {
        try {
            if (question == PUBLIC_BLOCK && before instanceof Answer.Shown shown) {
                tell(question, blocks(name -> isOn(shown.root(), name)));
            } else {
                patience.call(
                        "take back \"" + question.sub() + "\" of bucket " + access.bucket(),
                        () -> wire.forget(question.sub()));
            }
            probe.now();
            return new Setting.Refused(
                    guard, "Set, and taken back: with it the store takes no object. " + why);
        } catch (StoreFailure e) {
            return new Setting.Refused(
                    guard,
                    "Set, and the store takes no object since. Take it back at the store: "
                            + e.getMessage());
        }
    }

    private static boolean isOn(Element root, String name) {
        return Xml.textAt(root, name).filter("true"::equalsIgnoreCase).isPresent();
    }

    private static String document(String root, String content) {
        return "<%s xmlns=\"%s\">%s</%s>".formatted(root, Xml.NAMESPACE, content, root);
    }

    /** A look at one guard. */
    private interface Look {
        Finding now() throws StoreFailure;
    }

    private Setting set(Guard guard, Question question, String body, String done, Look look) {
        try {
            tell(question, body);
            return seen(guard, done, look.now());
        } catch (StoreFailure e) {
            return new Setting.Refused(guard, e.getMessage());
        }
    }

    private static Setting seen(Guard guard, String done, Finding now) {
        return now.verdict() == Finding.Verdict.FULFILLED
                ? new Setting.Done(guard, done)
                : new Setting.Refused(
                        guard,
                        "The store took it, and shows: "
                                + now.found()
                                + ". Check again in a minute.");
    }

    /** All rules in one document: S3 takes them only as a whole. */
    private List<Setting> addRules(List<Guard> guards) {
        try {
            Answer before = ask(LIFECYCLE_RULES);
            if (before instanceof Answer.NotAllowed || before instanceof Answer.Unsupported) {
                return refused(guards, "The rules could not be read just now; none was written.");
            }
            tell(LIFECYCLE_RULES, rules(before).with(guards));
            List<Finding> now = lifecycle();
            return guards.stream()
                    .map(
                            guard ->
                                    seen(
                                            guard,
                                            Lifecycle.words(guard),
                                            now.stream()
                                                    .filter(f -> f.guard() == guard)
                                                    .findFirst()
                                                    .orElseThrow()))
                    .toList();
        } catch (StoreFailure e) {
            return refused(guards, e.getMessage());
        }
    }

    private static List<Setting> refused(List<Guard> guards, String why) {
        return guards.stream().<Setting>map(g -> new Setting.Refused(g, why)).toList();
    }

    private void tell(Question question, String body) throws StoreFailure {
        patience.call(
                "set \"" + question.sub() + "\" of bucket " + access.bucket(),
                () -> wire.tell(question.sub(), body));
    }
}
