package io.decant.spark;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;

/** Who may use whom in the module that the server's picture does not show. */
@AnalyzeClasses(
        packages = {"io.decant.spark", "io.decant.jobs"},
        importOptions = ImportOption.DoNotIncludeTests.class)
class SparkLayeringTest {

    @ArchTest
    static final ArchRule JOB_KNOWS_NEITHER_DRIVER_NOR_COMMAND = noClasses()
            .that()
            .resideInAPackage("io.decant.spark.job..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.decant.spark.driver..",
                    "io.decant.spark.bucket..",
                    "io.decant.spark.command..",
                    "io.decant.spark.filejob..",
                    "picocli..");

    @ArchTest
    static final ArchRule REPORTS_KNOW_NOTHING_OF_OURS = noClasses()
            .that()
            .resideInAPackage("io.decant.spark.report..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.decant.spark.job..",
                    "io.decant.spark.driver..",
                    "io.decant.spark.bucket..",
                    "io.decant.spark.command..",
                    "io.decant.spark.filejob..",
                    "picocli..");

    /** Jobs that are shipped use what a job of the user's own may use, and how keys are found. */
    @ArchTest
    static final ArchRule SHIPPED_JOBS_ARE_JOBS_LIKE_OTHERS = noClasses()
            .that()
            .resideInAPackage("io.decant.jobs..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.decant.spark..", "io.decant.offload..", "io.decant.config..");

    @ArchTest
    static final ArchRule USERS_JOBS_KNOW_NEITHER_DRIVER_NOR_COMMAND = noClasses()
            .that()
            .resideInAPackage("io.decant.spark.userjob..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.decant.spark.driver..",
                    "io.decant.spark.bucket..",
                    "io.decant.spark.command..",
                    "io.decant.spark.filejob..",
                    "picocli..");

    @ArchTest
    static final ArchRule NOTHING_GOES_IN_CIRCLES =
            slices().matching("io.decant.spark.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule STANDARD_OUTPUT_IS_THE_DRIVERS = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.decant.spark.DriverMain")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule MAINS_END_THE_PROCESS = noClasses()
            .that()
            .haveNameNotMatching("io\\.decant\\.spark\\.(Driver|Bucket|Job|Master)Main")
            .should()
            .callMethodWhere(target(owner(assignableTo(System.class)))
                    .or(target(owner(assignableTo(Runtime.class))))
                    .and(target(name("exit")).or(target(name("halt")))));
}
