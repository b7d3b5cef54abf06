

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('roster', '0004_scopes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicatePair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('school_id', models.BigIntegerField()),
                ('other_person_id', models.BigIntegerField()),
                ('other_school_id', models.BigIntegerField()),
                ('sameness', models.CharField(choices=[('identity', '证件号相同'), ('student_number', '学籍号相同'), ('name_and_birth', '姓名和出生日期相同')], max_length=14)),
                ('state', models.CharField(choices=[('waiting', '待核对'), ('merged', '已合并'), ('different', '不是同一人')], default='waiting', max_length=9)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ExportRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('school_id', models.BigIntegerField()),
                ('county_id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('pupil', '学生'), ('staff', '教职工')], max_length=5)),
                ('of_class_id', models.BigIntegerField(help_text='null = the whole school', null=True)),
                ('form', models.CharField(choices=[('xlsx', 'XLSX'), ('csv', 'CSV'), ('gb18030', 'GB18030')], max_length=8)),
                ('with_numbers', models.BooleanField(default=False, help_text='identity numbers in clear')),
                ('reason', models.CharField(max_length=200)),
                ('n_rows', models.IntegerField()),
                ('asked_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RosterBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pupil', '学生'), ('staff', '教职工')], max_length=5)),
                ('state', models.CharField(choices=[('previewed', '待导入'), ('applied', '已导入'), ('undone', '已撤销')], default='previewed', max_length=9)),
                ('school_id', models.BigIntegerField()),
                ('county_id', models.BigIntegerField()),
                ('uploaded_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(help_text='then the sealed rows are gone')),
                ('n_rows', models.IntegerField()),
                ('rows_sealed', models.BinaryField(null=True)),
                ('choices', models.JSONField(default=dict, help_text='what the clerk decided: ids and row numbers only')),
                ('applied_at', models.DateTimeField(null=True)),
                ('figures', models.JSONField(default=dict, help_text='how many were new, changed, moved, left')),
                ('undo_sealed', models.BinaryField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='entered_on',
            field=models.DateField(help_text='first day at the school, as its register says', null=True),
        ),
        migrations.AlterField(
            model_name='guardian',
            name='relation',
            field=models.CharField(choices=[('mother', '母亲'), ('father', '父亲'), ('grandparent', '祖父母'), ('other', '其他监护人'), ('self', '学生本人')], default='other', max_length=12),
        ),
        migrations.AlterField(
            model_name='person',
            name='id_kind',
            field=models.CharField(choices=[('identity_card', '居民身份证'), ('residence_permit', '港澳台居民居住证'), ('passport', '护照'), ('travel_permit', '港澳台居民来往内地通行证'), ('permanent_residence', '外国人永久居留身份证'), ('other', '其他证件'), ('none', '无证件')], default='none', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='guardian',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('phone_index__isnull', True), ('phone_sealed__isnull', True)), models.Q(('phone_index__isnull', False), ('phone_sealed__isnull', False)), _connector='OR'), name='guardian_phone_is_sealed_with_its_index'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('student_number_index__isnull', True), ('student_number_sealed__isnull', True)), models.Q(('student_number_index__isnull', False), ('student_number_sealed__isnull', False)), _connector='OR'), name='person_student_number_is_sealed_with_its_index'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('id_sealed__isnull', True), models.Q(('id_kind', 'none'), _negated=True), _connector='OR'), name='person_number_has_kind'),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exportrequest',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exportrequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rosterbatch',
            name='applied_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rosterbatch',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rosterbatch',
            name='uploaded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['school_id'], name='pair_waiting'),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['other_school_id'], name='pair_waiting_other'),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(fields=['other_person_id'], name='pair_other_person'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.UniqueConstraint(fields=('person_id', 'other_person_id'), name='pair_once'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.CheckConstraint(condition=models.Q(('person_id__lt', models.F('other_person_id'))), name='pair_in_order'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'waiting'), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='pair_decided_has_when_and_who'),
        ),
        migrations.AddIndex(
            model_name='exportrequest',
            index=models.Index(fields=['school_id', '-asked_at'], name='export_school'),
        ),
        migrations.AddConstraint(
            model_name='exportrequest',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='export_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='exportrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), models.Q(('approved_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='export_approved_by_another'),
        ),
        migrations.AddIndex(
            model_name='rosterbatch',
            index=models.Index(fields=['school_id', '-uploaded_at'], name='batch_school'),
        ),
        migrations.AddIndex(
            model_name='rosterbatch',
            index=models.Index(fields=['expires_at'], name='batch_expiry'),
        ),
        migrations.AddConstraint(
            model_name='rosterbatch',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('uploaded_at'))), name='batch_expires_after_upload'),
        ),
        migrations.AddConstraint(
            model_name='rosterbatch',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'previewed'), models.Q(('applied_at__isnull', False), ('applied_by__isnull', False)), _connector='OR'), name='batch_applied_has_when_and_who'),
        ),
        migrations.AddConstraint(
            model_name='rosterbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'undone'), _negated=True), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='batch_undone_has_when_and_who'),
        ),
    ]
