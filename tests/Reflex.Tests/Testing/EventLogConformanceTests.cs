using Reflex.Storage;
using Reflex.Testing.Conformance;
using Reflex.Tests.Testing.Broken;

namespace Reflex.Tests.Testing;

/// <summary>The suite finds what is wrong with a storage, and says it by the check's name.</summary>
public sealed class EventLogConformanceTests
{
    [Theory]
    [InlineData(Fault.KeepsAppendedBuffers, "Append_WhenItEnds_HasNotChangedTheBuffersAndKeepsNone")]
    [InlineData(Fault.ChangesAppendedBuffers, "Append_WhenItEnds_HasNotChangedTheBuffersAndKeepsNone")]
    [InlineData(Fault.ReusesReadBuffers, "Read_BytesThatItReturned_NeverChange")]
    [InlineData(Fault.AcknowledgesWhenFenced, "Open_ByANewOwner_FencesTheOlderOne")]
    [InlineData(Fault.AcknowledgesWhenFenced, "Open_ManyAtOnce_LeavesOneOwner")]
    [InlineData(Fault.FailsUntypedWhenFenced, "Open_ByANewOwner_FencesTheOlderOne")]
    [InlineData(Fault.FailsUntypedWhenFenced, "Open_ByANewOwner_LetsTheOlderOneRead")]
    [InlineData(Fault.StoresForFencedOwners, "Open_WhileTheOlderOwnerAppends_LosesNothingAndInventsNothing")]
    [InlineData(Fault.LetsFencedOwnersTrim, "Open_ByANewOwner_KeepsItsEventsFromTheOlderOnesTrims")]
    [InlineData(Fault.ForgetsEpochs, "Open_Again_TakesAGreaterEpoch")]
    [InlineData(Fault.ShowsEventsEarly, "Open_ByANewOwner_LetsTheOlderOneShowNothingMore")]
    [InlineData(Fault.ShowsPartsOfAnAppend, "Append_OfSeveralBatches_ShowsThemTogether")]
    [InlineData(Fault.AcceptsWhatDoesNotContinue, "Append_BatchesThatDontContinue_AreRefusedAndNothingIsWritten")]
    [InlineData(Fault.AcceptsPickedBatches, "Append_BatchesThatDontContinue_AreRefusedAndNothingIsWritten")]
    [InlineData(Fault.RemovesKeys, "Append_OfEventsWithKeys_ReadsThemBackByteForByte")]
    [InlineData(Fault.LatchesAfterARefusal, "Append_AfterARefusedOne_Succeeds")]
    [InlineData(Fault.ReadsOneTooFar, "Read_AfterEachEvent_BeginsWithTheNextOne")]
    [InlineData(Fault.ReadsOneTooFar, "Read_BesideAppends_SeesEveryEventOnceAndInOrder")]
    [InlineData(Fault.ReadsAfterTheHead, "Read_OutsideOfWhatTheLogHolds_IsRefused")]
    [InlineData(Fault.ReadsNothingWhenThePageIsSmall, "Read_OfALargeBatch_ReturnsItHoweverSmallThePage")]
    [InlineData(Fault.IgnoresThePageSize, "Read_WithAPageSize_ReturnsAboutThatMuch")]
    [InlineData(Fault.FailsReadsThatAreCancelled, "Read_Cancelled_EndsAndTheLogGoesOn")]
    [InlineData(Fault.TrimsIntoTheNewest, "Trim_ByBytesOfEverything_KeepsTheNewestBatch")]
    [InlineData(Fault.KeepsTheNewestWhateverItsAge, "Trim_ByAgeOfEverything_RemovesTheNewestBatchToo")]
    [InlineData(Fault.LosesTheHeadWithItsEvent, "Trim_ByAgeOfEverything_RemovesTheNewestBatchToo")]
    [InlineData(Fault.TrimsIntoTheNewest, "Trim_ByAgeThenByBytes_KeepsWhatCameMeanwhile")]
    [InlineData(Fault.TrimsTooYoung, "Trim_ByAge_RemovesOldEventsAndKeepsTheYounger")]
    [InlineData(Fault.TrimsTooMuchForItsBytes, "Trim_ByBytes_RemovesTheOldestAndNotAllThatItMay")]
    [InlineData(Fault.NeverTrims, "Trim_ByAge_RemovesOldEventsAndKeepsTheYounger")]
    [InlineData(Fault.KeepsTheFuture, "Trim_ByAgeOfAnEventOfTheFuture_KeepsItForTheAge")]
    [InlineData(Fault.RemovesThePast, "Trim_ByAgeOfAnEventOfThePast_KeepsItForTheAge")]
    [InlineData(Fault.RemovesThePast, "Trim_ByAge_WithEventsOfAWrongClockAmongOthers_GoesByTheOthers")]
    [InlineData(Fault.NeverTrims, "Trim_ThenOpen_StaysTrimmed")]
    [InlineData(Fault.NeverEndsATrim, "Trim_WhenNothingIsPastTheRetention_RemovesNothing")]
    [InlineData(Fault.EndsATrimTooEarly, "Trim_ByAge_RemovesOldEventsAndKeepsTheYounger")]
    [InlineData(Fault.KeepsTheOldBoundsAfterATrim, "Trim_BesideReads_DisturbsNone")]
    [InlineData(Fault.KeepsTheOldBoundsAfterATrim, "Trim_Cancelled_LeavesAWholeLog")]
    [InlineData(Fault.ForgetsTrims, "Trim_ThenOpen_StaysTrimmed")]
    [InlineData(Fault.LosesEventsAtRestart, "Close_ThenOpen_FindsTheSame")]
    [InlineData(Fault.LosesTheAppendThatRunsAtClose, "Close_DuringAnAppend_WaitsForIt")]
    [InlineData(Fault.MixesPartitions, "Partitions_OfOneAndOfSeveralStreams_AreIndependent")]
    [InlineData(Fault.RefusesHighPartitions, "Partitions_AsManyAsAStreamMayHave_KeepTheirEvents")]
    [InlineData(Fault.RefusesHighPartitions, "Names_AtTheirLimits_AreServed")]
    [InlineData(Fault.ListsWithoutHighPartitions, "List_AfterARestart_HasEachPartitionThatWasOpened")]
    [InlineData(Fault.ListsOtherStreams, "List_OfOneStream_HasItsPartitionsOnly")]
    [InlineData(Fault.CutsLongNames, "Names_AtTheirLimits_AreServed")]
    [InlineData(Fault.RefusesTheLargestBatch, "Batches_OfTheLargestSize_AreKept")]
    [InlineData(Fault.StoresForFencedOwners, "Sequences_FromFixedSeeds_DoWhatAListDoes")]
    [InlineData(Fault.ReadsOneTooFar, "Sequences_FromFixedSeeds_DoWhatAListDoes")]
    public Task RunAsync_BrokenStorage_FailsTheCheck(Fault fault, string check) => ExpectFailureAsync(fault, check);

    [Theory]
    [InlineData(Fault.DeletesNothing, "Delete_ThenOpen_HoldsNothingAndGoesOnAfterTheHead")]
    [InlineData(Fault.DeletesTheHeadToo, "Delete_ThenOpen_HoldsNothingAndGoesOnAfterTheHead")]
    [InlineData(Fault.DeletesTheHeadToo, "Delete_OfALogWithoutEvents_LeavesItsHead")]
    [InlineData(Fault.DeletesAtTheNextOpening, "Delete_BesideAnOwner_FencesIt")]
    [InlineData(Fault.DeletesTheHeadToo, "Delete_WhileTheOwnerAppends_LosesNoHead")]
    [InlineData(Fault.ShowsAnOlderOwnerTheNextLife, "Delete_BesideReads_ShowsThemNothingElse")]
    [InlineData(Fault.ListsWhatIsDeleted, "Delete_ThenList_LeavesItOutUntilItIsOpened")]
    [InlineData(Fault.ForgetsTheHeadsOfDeletedLogs, "Delete_ThenListDeleted_TellsWhereItsNameGoesOn")]
    [InlineData(Fault.ForgetsWhatIsDeleted, "Delete_ThenListDeleted_TellsWhereItsNameGoesOn")]
    [InlineData(Fault.OpensToDelete, "Delete_Again_ChangesNothing")]
    [InlineData(Fault.RefusesToDeleteAgain, "Delete_Again_ChangesNothing")]
    [InlineData(Fault.MakesWhatItDeletes, "Delete_OfWhatIsNotThere_MakesNothing")]
    [InlineData(Fault.DeletesNothing, "Delete_ManyAtOnceBesideOpenings_LeavesAWholeLog")]
    [InlineData(Fault.TakesAnEpochToTellOne, "Epoch_OfALog_IsThatOfItsNewestOwnerOrDeletion")]
    [InlineData(Fault.ForgetsTheEpochOfADeletedLog, "Epoch_OfALog_IsThatOfItsNewestOwnerOrDeletion")]
    [InlineData(Fault.DeletesUnderAnyEpoch, "Delete_UnderAnOlderOwnersEpoch_IsFencedAndChangesNothing")]
    [InlineData(Fault.DeletesUnderAnyEpoch, "Delete_ThatComesLate_LeavesTheNextLifeAlone")]
    [InlineData(Fault.FencesDeletionsThatAreDone, "Delete_OfADeletedLog_PassesUnderAnyEpoch")]
    [InlineData(Fault.LooksAtTheEpochBeforeItDeletes, "Delete_BesideAnOpening_LosesNothingOfItsOwner")]
    [InlineData(Fault.ConfirmsNobody, "Confirm_ByTheOwner_Passes")]
    [InlineData(Fault.ConfirmsWhoeverAsks, "Confirm_ByAReplacedOwner_FailsFenced")]
    [InlineData(Fault.ConfirmsFromMemory, "Confirm_BesideAnOpening_PassesOnlyBeforeItHasEnded")]
    [InlineData(Fault.ShowsAnOlderOwnerTheNewHead, "Open_ByANewOwnerThatAppendsAndTrims_LeavesTheOlderOneWhatItKnew")]
    [InlineData(Fault.RefusesAnOlderOwnersReadsAsMisuse, "Open_ByANewOwnerThatAppendsAndTrims_LeavesTheOlderOneWhatItKnew")]
    [InlineData(Fault.TakesAnEpochToRead, "Reader_OfALog_ShowsItAndTakesNothing")]
    [InlineData(Fault.MakesWhatItReads, "Reader_OfWhatIsNotThere_IsNoneAndMakesNothing")]
    [InlineData(Fault.LooksOnlyOnce, "Reader_UntilItLooksAgain_KeepsWhatItFound")]
    [InlineData(Fault.LooksOnlyOnce, "Reader_BesideAppends_ShowsWholeAppendsInOrder")]
    [InlineData(Fault.LooksOnlyOnce, "Reader_BesideATrim_ReadsWhatWasThereOrFailsTyped")]
    [InlineData(Fault.LooksOnlyOnce, "Reader_OfALogThatIsDeleted_FindsItsHead")]
    [InlineData(Fault.LooksAtEveryRead, "Reader_OutsideOfWhatItFound_IsRefused")]
    [InlineData(Fault.BeginsWithTheFirstEvent, "Begin_AfterAnEvent_IsAnEmptyLogWithThatHead")]
    [InlineData(Fault.BeginsWithTheFirstEvent, "Import_OfAnotherLog_ReadsBackByteForByte")]
    [InlineData(Fault.ForgetsImportedEpochs, "Begin_AfterAnEvent_IsAnEmptyLogWithThatHead")]
    [InlineData(Fault.AcceptsImportsThatDontContinue, "Import_OfWhatDoesNotFit_IsRefusedAndNothingIsWritten")]
    [InlineData(Fault.AcceptsPickedBatches, "Import_OfWhatDoesNotFit_IsRefusedAndNothingIsWritten")]
    [InlineData(Fault.RemovesKeys, "Import_OfAnotherLog_ReadsBackByteForByte")]
    [InlineData(Fault.AcceptsImportsAfterAnAppend, "Import_IntoALogWithEventsOfItsOwn_IsRefused")]
    public Task RunAsync_BrokenInWhatIsSeldomDone_FailsTheCheck(Fault fault, string check) => ExpectFailureAsync(fault, check);

    [Fact]
    public async Task RunAsync_EveryCheck_PassesForTheSameStorageWithoutAFault()
    {
        foreach (var check in EventLogConformance.CheckNames)
        {
            await new Suite(Fault.None).RunAsync(check, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task RunAsync_UnknownCheck_IsMisuse() => await Assert.ThrowsAsync<ArgumentException>(
        () => new Suite(Fault.None).RunAsync("None", TestContext.Current.CancellationToken));

    [Fact]
    public void CheckNames_AreUnique() =>
        Assert.Equal(EventLogConformance.CheckNames.Count, EventLogConformance.CheckNames.Distinct().Count());

    private static async Task ExpectFailureAsync(Fault fault, string check)
    {
        var error = await Assert.ThrowsAsync<ConformanceException>(
            () => new Suite(fault).RunAsync(check, TestContext.Current.CancellationToken));
        Assert.StartsWith($"{check}, broken ({fault}): ", error.Message, StringComparison.Ordinal);
    }

    private sealed class Suite(Fault fault) : EventLogConformance
    {
        private readonly BrokenProvider _provider = new(fault);

        protected override ValueTask<IEventLogProvider> StartAsync(CancellationToken cancellationToken) => new(_provider);

        protected override ValueTask StopAsync(IEventLogProvider provider)
        {
            _provider.Restart();
            return ValueTask.CompletedTask;
        }
    }
}
