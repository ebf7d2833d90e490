package org.holdfast;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import jakarta.ejb.ApplicationException;
import jakarta.ejb.Schedule;
import jakarta.ejb.Timeout;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import org.holdfast.domain.shared.Beat;

/** The walls between the rooms: the table of import rules, row by row. */
@AnalyzeClasses(
        packages = "org.holdfast",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
    /** Test jars of the other modules are on the class path as jars named {@code -tests}. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(com.tngtech.archunit.core.importer.Location location) {
            return !location.contains("-tests.jar") && !location.contains("/test-classes/");
        }
    }

    private static final String DOMAIN = "org.holdfast.domain..";
    private static final String SHARED = "org.holdfast.domain.shared..";
    private static final String POLICY = "org.holdfast.domain.policy..";
    private static final String STORAGE = "org.holdfast.domain.storage..";
    private static final String SNAPSHOT = "org.holdfast.domain.snapshot..";
    private static final String RESTORE = "org.holdfast.domain.restore..";
    private static final String DRILL = "org.holdfast.domain.drill..";
    private static final String ADAPTER = "org.holdfast.adapter..";
    private static final String PIPELINE = "org.holdfast.pipeline..";
    private static final String ENGINE = "org.holdfast.engine..";
    private static final String APP = "org.holdfast.app..";
    private static final String WORK = "org.holdfast.work..";
    private static final String PERSISTENCE = "org.holdfast.persistence..";
    private static final String SECURITY = "org.holdfast.security..";
    private static final String CONFIG = "org.holdfast.config..";
    private static final String NOTIFY = "org.holdfast.notify..";
    private static final String METRICS = "org.holdfast.metrics..";
    private static final String WEB = "org.holdfast.web..";
    private static final String PAGE = "org.holdfast.web.page..";
    private static final String REST = "org.holdfast.web.rest..";

    // --- 1 -----------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule domain_knows_java_itself_and_annotations_only =
            classes()
                    .that()
                    .resideInAPackage(DOMAIN)
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                            "java..",
                                            DOMAIN,
                                            "jakarta.persistence..",
                                            "jakarta.validation..")
                                    .or(assignableTo(ApplicationException.class)))
                    .because("rule 1: rules and facts, no I/O and no container");

    // --- 2 -----------------------------------------------------------------------------------

    @ArchTest static final ArchRule inside_domain_shared_stands_alone = inDomain(SHARED);

    @ArchTest static final ArchRule inside_domain_policy = inDomain(POLICY);

    @ArchTest static final ArchRule inside_domain_storage = inDomain(STORAGE);

    @ArchTest static final ArchRule inside_domain_snapshot = inDomain(SNAPSHOT, POLICY, STORAGE);

    @ArchTest static final ArchRule inside_domain_restore = inDomain(RESTORE, SNAPSHOT);

    @ArchTest
    static final ArchRule inside_domain_drill = inDomain(DRILL, RESTORE, SNAPSHOT, POLICY);

    @ArchTest static final ArchRule inside_domain_audit = inDomain("org.holdfast.domain.audit..");

    @ArchTest static final ArchRule inside_domain_keys = inDomain("org.holdfast.domain.keys..");

    @ArchTest
    static final ArchRule inside_domain_alert = inDomain("org.holdfast.domain.alert..", POLICY);

    @ArchTest static final ArchRule inside_domain_people = inDomain("org.holdfast.domain.people..");

    private static ArchRule inDomain(String room, String... neighbours) {
        return classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(room, SHARED)
                                .or(resideInAnyPackage(neighbours))
                                .or(DescribedPredicate.not(resideInAPackage(DOMAIN))))
                .because("rule 2: facts build on each other in one direction");
    }

    // --- 3 -----------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule adapter_knows_the_storage_border_only =
            onlyWithin(ADAPTER, ADAPTER, STORAGE, SHARED)
                    .because("rule 3: a store knows objects, not backups");

    @ArchTest
    static final ArchRule the_S3_client_is_used_in_adapter_s3_only =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("org.holdfast.adapter.s3..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.minio..", "okhttp3..")
                    .because("rule 3: one place to change when the client changes");

    // --- 4 -----------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule pipeline_and_engine_know_no_container =
            noClasses()
                    .that()
                    .resideInAnyPackage(PIPELINE, ENGINE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("jakarta..")
                    .because("rule 4: streams and children work without a server");

    @ArchTest
    static final ArchRule pipeline_does_not_know_engine =
            noClasses()
                    .that()
                    .resideInAPackage(PIPELINE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(ENGINE, APP, WORK, PERSISTENCE, SECURITY, CONFIG, WEB)
                    .because("rule 4: engine → pipeline, not back");

    @ArchTest
    static final ArchRule engine_knows_pipeline_and_domain_only =
            onlyWithin(ENGINE, ENGINE, PIPELINE, DOMAIN).because("rule 4");

    @ArchTest
    static final ArchRule children_are_started_in_engine_only =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(ENGINE)
                    .should()
                    .dependOnClassesThat(assignableTo(ProcessBuilder.class))
                    .orShould()
                    .callMethod(Runtime.class, "exec", String.class)
                    .orShould()
                    .callMethod(Runtime.class, "exec", String[].class)
                    .because("rule 4: environment, passwords and exit codes are minded there");

    // --- 5 -----------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule app_knows_domain_security_and_config =
            onlyWithin(APP, APP, DOMAIN, SECURITY, CONFIG)
                    .because("rule 5: what people may do does not know how it is done");

    // --- 6 -----------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule work_knows_app_pipeline_engine_and_domain =
            onlyWithin(WORK, WORK, APP, PIPELINE, ENGINE, DOMAIN, CONFIG, SECURITY)
                    .because("rule 6; settings and keys it needs at the place where they are used");

    // --- 7 -----------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule persistence_knows_domain_and_config =
            onlyWithin(PERSISTENCE, PERSISTENCE, DOMAIN, CONFIG).because("rule 7");

    @ArchTest
    static final ArchRule security_knows_domain_and_config =
            onlyWithin(SECURITY, SECURITY, DOMAIN, CONFIG).because("rule 7");

    @ArchTest
    static final ArchRule notify_knows_domain_and_config =
            onlyWithin(NOTIFY, NOTIFY, DOMAIN, CONFIG).because("rule 7").allowEmptyShould(true);

    @ArchTest
    static final ArchRule metrics_know_domain_and_config =
            onlyWithin(METRICS, METRICS, DOMAIN, CONFIG).because("rule 7").allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_entity_manager_stays_in_persistence_and_leases =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(PERSISTENCE)
                    .and()
                    .doNotHaveFullyQualifiedName("org.holdfast.work.Leases")
                    .should()
                    .dependOnClassesThat(assignableTo(EntityManager.class))
                    .because("rule 7: queries are found in one place");

    // --- 8 -----------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule web_knows_app_and_domain =
            onlyWithin(WEB, WEB, APP, DOMAIN)
                    .because("rule 8: a page or resource makes one call to app");

    @ArchTest
    static final ArchRule pages_do_not_meet_rest =
            noClasses()
                    .that()
                    .resideInAPackage(PAGE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(REST)
                    .because("rule 8")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule rest_does_not_meet_pages =
            noClasses()
                    .that()
                    .resideInAPackage(REST)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(PAGE)
                    .because("rule 8");

    // --- 9 -----------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule nobody_imports_notify_or_metrics =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(NOTIFY, METRICS)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(NOTIFY, METRICS)
                    .because("rule 9: they listen; nobody depends on being heard");

    @ArchTest
    static final ArchRule timers_only_hand_over =
            methods()
                    .that()
                    .areAnnotatedWith(Schedule.class)
                    .or()
                    .areAnnotatedWith(Timeout.class)
                    .should(
                            new ArchCondition<JavaMethod>("only fire a Beat") {
                                @Override
                                public void check(JavaMethod timer, ConditionEvents events) {
                                    boolean only =
                                            !timer.getCallsFromSelf().isEmpty()
                                                    && timer.getCallsFromSelf().stream()
                                                            .allMatch(
                                                                    call ->
                                                                            call.getTargetOwner()
                                                                                    .isEquivalentTo(
                                                                                            Beat
                                                                                                    .class));
                                    events.add(
                                            new SimpleConditionEvent(
                                                    timer,
                                                    only,
                                                    timer.getDescription()
                                                            + " does more than fire a Beat"));
                                }
                            })
                    .because(
                            "rule 9: a container gives a timer up for good after two calls in a"
                                    + " row that fail; see Beat");

    @ArchTest
    static final ArchRule the_environment_is_read_in_config_only =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(CONFIG)
                    .should()
                    .callMethod(System.class, "getenv")
                    .orShould()
                    .callMethod(System.class, "getenv", String.class)
                    .because("rule 9: a setting is checked at start, in one place");

    @ArchTest
    static final ArchRule the_verifier_stands_alone =
            classes()
                    .that()
                    .resideInAPackage("org.holdfast.verify..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("java..", "org.holdfast.verify..")
                    .because("it runs with nothing but the JDK, and repeats no fault of ours");

    // --- 10 ----------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule no_setter_on_an_entity =
            methods()
                    .that()
                    .areDeclaredInClassesThat()
                    .areAnnotatedWith(Entity.class)
                    .or()
                    .areDeclaredInClassesThat()
                    .areAnnotatedWith(Embeddable.class)
                    .should()
                    .haveNameNotMatching("set[A-Z].*")
                    .because("rule 10: an entity has intentions, not fields");

    @ArchTest
    static final ArchRule no_cycles_between_rooms =
            slices().matching("org.holdfast.(*)..")
                    .should()
                    .beFreeOfCycles()
                    .because("rule 10: a room is left by one door");

    /**
     * Of Holdfast's rooms, {@code room} knows {@code allowed}; other libraries are not looked at.
     */
    private static com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction onlyWithin(
            String room, String... allowed) {
        DescribedPredicate<JavaClass> ours = resideInAPackage("org.holdfast..");
        return classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat(
                        DescribedPredicate.not(ours)
                                .or(resideInAnyPackage(allowed))
                                .as("reside in %s", String.join(", ", allowed)));
    }
}
